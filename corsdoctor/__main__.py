"""python -m corsdoctor"""

from corsdoctor.cli import main

main()
