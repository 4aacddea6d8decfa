"""Words every layer shares: errors, ids, time, pages, settings. No domain, no input or output."""
