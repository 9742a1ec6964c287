"""The page side: what turns explorers into figures of a static site, and what builds and serves that site."""
