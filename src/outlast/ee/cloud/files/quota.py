"""How much a workspace may store."""

from __future__ import annotations

from dataclasses import dataclass

from outlast.ee.cloud.files.errors import FileTooLarge, QuotaExceeded

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a workspace stores, and may.

    Attributes:
        used_bytes: of all its files.
        reserved_bytes: of resumable uploads under way: each its whole announced length, so that one that was let
            begin can also end.
        quota_bytes: what it may store.
    """

    used_bytes: int
    reserved_bytes: int
    quota_bytes: int

    @property
    def free_bytes(self) -> int:
        """What still fits."""
        return max(0, self.quota_bytes - self.used_bytes - self.reserved_bytes)

    def admit(self, size_bytes: int) -> None:
        """Refuse what does not fit.

        Raises:
            QuotaExceeded: the workspace would store more than it may.
        """
        if size_bytes > self.free_bytes:
            raise QuotaExceeded(
                f"The workspace may store {readable(self.quota_bytes)} and has {readable(self.free_bytes)} left; "
                "delete files, or ask an administrator for more.",
                quota_bytes=self.quota_bytes,
                used_bytes=self.used_bytes + self.reserved_bytes,
            )


def check_size(size_bytes: int, *, limit_bytes: int) -> None:
    """Refuse a file that is too large.

    Raises:
        FileTooLarge: it is over the limit of one file.
    """
    if size_bytes > limit_bytes:
        raise FileTooLarge(f"This file is over the limit of {readable(limit_bytes)}.")


def readable(size_bytes: int) -> str:
    """A size for people (``1.5 MiB``)."""
    size, unit = float(size_bytes), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f}".removesuffix(".0") + f" {_UNITS[unit]}"
