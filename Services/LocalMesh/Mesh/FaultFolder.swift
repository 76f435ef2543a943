import Glibc

/// Faults on order, in debug builds alone: while a file `sidecar-<app>` lies in `$TASKMESH_FAULTS`, that part stays closed.
enum FaultFolder {
  static func watch(_ parts: [(file: String, port: SidecarPort)]) -> Task<Void, Never>? {
    #if DEBUG
      guard let folder = getenv("TASKMESH_FAULTS").map({ String(cString: $0) }) else { return nil }
      return Task {
        while (try? await Task.sleep(for: .milliseconds(50))) != nil {
          for (file, port) in parts {
            let isFaulty = access(folder + "/" + file, F_OK) == 0
            if isFaulty, port.isUp { await port.close() }
            if !isFaulty, !port.isUp { try? await port.open() }
          }
        }
      }
    #else
      return nil
    #endif
  }
}
