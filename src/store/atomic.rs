use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Writes `path` whole or not at all: to a temporary name in the same directory, then renamed. `mode` is narrowed by
/// the process's umask. What is there and no file, such as a named pipe or `/dev/null`, is written to as it is.
pub fn write_atomically(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if is_special(path) {
        let mut device = std::fs::OpenOptions::new().write(true).open(path)?;
        return buffered(&mut device, write);
    }
    temporary(path, mode, write)?.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Whether a file can be made at `path`, by making another beside it and removing it again.
pub fn probe_file(path: &Path) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => Ok(()),
        _ => probe_directory(parent(path)),
    }
}

/// Whether files can be made in `directory`, which is made where it is missing.
pub fn probe_directory(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    Builder::new().prefix(".stepwarden-").tempfile_in(directory)?.close()
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|there| !there.is_file())
}

fn temporary(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let directory = parent(path);
    std::fs::create_dir_all(directory)?;
    let permissions = std::fs::Permissions::from_mode(mode);
    let mut file = Builder::new().prefix(".stepwarden-").permissions(permissions).tempfile_in(directory)?;
    buffered(&mut file, write)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn buffered(out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = io::BufWriter::new(out);
    write(&mut buffered)?;
    buffered.flush()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{probe_directory, probe_file, write_atomically};

    #[test]
    fn what_is_no_file_stays_what_it_is() {
        use std::os::unix::fs::FileTypeExt;
        let null = std::path::Path::new("/dev/null");
        write_atomically(null, 0o600, |out| out.write_all(b"nothing")).unwrap();
        assert!(std::fs::metadata(null).unwrap().file_type().is_char_device());
    }

    #[test]
    fn probes_leave_nothing_and_tell_what_cannot_be() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("new/report.json");
        probe_file(&file).unwrap();
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 0);
        probe_file(directory.path()).unwrap_err();
        std::fs::write(&file, b"").unwrap();
        probe_directory(&file).unwrap_err();
        probe_file(&file.join("below")).unwrap_err();
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        write_atomically(&path, 0o644, |out| out.write_all(b"old")).unwrap();
        write_atomically(&path, 0o644, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        })
        .unwrap_err();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
