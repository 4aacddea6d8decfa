"""The enterprise layer; its licence is in this folder, and the core never imports it."""
