"""Classification: from what was seen at a leaf to a proposed decision, by syntax, name, check digits and neighbours."""
