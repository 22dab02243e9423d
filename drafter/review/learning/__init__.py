"""What `learn` does in steps: words without data, the sample and its kin, the new type's texts."""
