"""HTTP without a domain: bodies, problem documents, event streams, and what OpenAPI says of them."""
