"""`python -m sightline.cli`."""

from sightline.cli.app import main

if __name__ == "__main__":
    main()
