"""What crosses a process or the wire: blocks, inputs, events, commands, and the document they fold into."""
