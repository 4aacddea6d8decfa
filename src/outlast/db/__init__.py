"""The database: engines, transactions, the schema and its migrations."""
