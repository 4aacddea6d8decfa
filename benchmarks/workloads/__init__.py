"""One module a workload."""

from collections.abc import Sequence

from benchmarks.harness import Workload
from benchmarks.workloads import (
    w1_start,
    w2a_chunks,
    w2b_sessions,
    w2c_paced,
    w3_memory,
    w4_answer,
    w5_viewers,
    w6_crash,
    w7_wake,
    w8_hibernated,
    w9_accounts,
    w10_list,
    w11_page,
    w12_burst,
)

ALL: Sequence[Workload] = (
    w1_start.WORKLOAD,
    w2a_chunks.WORKLOAD,
    w2b_sessions.WORKLOAD,
    w2c_paced.WORKLOAD,
    w3_memory.WORKLOAD,
    w4_answer.WORKLOAD,
    w5_viewers.WORKLOAD,
    w6_crash.WORKLOAD,
    w7_wake.WORKLOAD,
    w8_hibernated.WORKLOAD,
    w9_accounts.ON_SQLITE,
    w9_accounts.ON_POSTGRESQL,
    w10_list.ON_SQLITE,
    w10_list.ON_POSTGRESQL,
    w11_page.WORKLOAD,
    w12_burst.FEW_CHUNKS,
    w12_burst.MANY_CHUNKS,
)
