use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A writer that knows how large what was written is when it is compressed, within the compressor's buffer.
pub(super) struct Compressed<W> {
    out: W,
    measure: GzEncoder<Count>,
}

struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Compressed<W> {
    pub(super) fn new(out: W) -> Self {
        // The fastest compression, which is never smaller than what uploads use.
        Self { out, measure: GzEncoder::new(Count(0), Compression::fast()) }
    }

    pub(super) fn size(&self) -> usize {
        self.measure.get_ref().0
    }
}

impl<W: Write> Write for Compressed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.measure.write_all(&bytes[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
