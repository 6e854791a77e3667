"""In what one answer differs from another: by places, under rules for what is known to differ, and what caused it."""
