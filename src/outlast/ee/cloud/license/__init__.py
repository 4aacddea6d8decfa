"""The licence: what a server may do. Signed texts, plans, seats and features."""
