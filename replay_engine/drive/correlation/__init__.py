"""Values that a live target issues flow into later requests of the run, in the place of the recorded ones."""
