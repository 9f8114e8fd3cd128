/** Runs in a worker of its own, whose policy lets it reach nothing (meetd/pages/assets.py). */
import "pdfjs-dist/build/pdf.worker.min.mjs";
