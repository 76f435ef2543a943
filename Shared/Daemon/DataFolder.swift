import Glibc

/// A folder for what a process keeps on disk.
public enum DataFolder {
  /// A folder that cannot be made, and why.
  public struct Fault: Error, CustomStringConvertible {
    public let description: String
  }

  /// Makes a folder, and those above it, for this user alone (mode 0700). One that is there stays as it is.
  public static func make(_ path: String) throws(Fault) {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      partial += "/" + part
      guard mkdir(partial, 0o700) == 0 || errno == EEXIST else {
        throw Fault(description: "cannot make the folder \(partial): \(String(cString: strerror(errno)))")
      }
    }
  }
}
