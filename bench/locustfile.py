"""Locust: its fast client, 100 users that share a rate. Environment: RATE. Runs in Locust's own environment."""

import os
import random

from locust import FastHttpUser, constant_throughput, task

USERS = 100


class Reader(FastHttpUser):
    """Reads one entry after another."""

    wait_time = constant_throughput(float(os.environ["RATE"]) / USERS)

    @task
    def entry(self):
        """One request."""
        self.client.get(f"/v1/accounts/acct_demo0001/entries/{random.randrange(1000)}", name="entry")
