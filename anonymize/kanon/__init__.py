"""k-anonymity for people: grouping (Mondrian), what stands for a group, and what it cost."""
