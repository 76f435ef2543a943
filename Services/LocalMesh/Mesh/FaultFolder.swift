import Glibc

/// A part of the mesh whose port can be closed and opened again.
protocol FaultyPart: AnyObject, Sendable {
  var isUp: Bool { get }
  func open() async throws
  func close() async
}

/// Faults on order, in debug builds alone: while a file `sidecar-<replica>` or `broker` lies in `$TASKMESH_FAULTS`, that
/// part stays closed. A replica's name is its app's, with `-1`, `-2` … for those beside the first.
enum FaultFolder {
  static func watch(_ parts: [(file: String, part: any FaultyPart)]) -> Task<Void, Never>? {
    #if DEBUG
      guard let folder = getenv("TASKMESH_FAULTS").map({ String(cString: $0) }) else { return nil }
      return Task {
        while (try? await Task.sleep(for: .milliseconds(50))) != nil {
          for (file, part) in parts {
            let isFaulty = access(folder + "/" + file, F_OK) == 0
            if isFaulty, part.isUp { await part.close() }
            if !isFaulty, !part.isUp { try? await part.open() }
          }
        }
      }
    #else
      return nil
    #endif
  }
}
