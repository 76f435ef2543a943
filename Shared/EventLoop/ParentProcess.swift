import CUV
import Glibc

/// The process that started this one.
public enum ParentProcess {
  /// Has the kernel kill this process when its parent dies, even by SIGKILL. Returns false when the parent, whose id the
  /// caller was told, is gone already.
  public static func dieWith(_ id: Int32) -> Bool {
    _ = shim_die_with_parent(SIGKILL)
    return getppid() == id
  }
}
