"""Events that answers announce: calls that the service makes later, such as webhooks, sent to the tester's own URL."""
