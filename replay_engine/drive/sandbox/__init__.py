"""What a sandbox wants otherwise than the recorded service did: its own credentials and signatures."""
