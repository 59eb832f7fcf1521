"""The sub-transaction barrier: a branch call that is repeated, late, or undoes what never ran, changes nothing."""
