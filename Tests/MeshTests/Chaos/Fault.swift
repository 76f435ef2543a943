/// What can befall a mesh. Processes and sidecars go by their replica's name.
enum Fault: Sendable, Hashable {
  /// kill −9 of a daemon; LocalMesh starts it again.
  case kill(String)
  /// SIGSTOP, and SIGCONT later.
  case pause(String)
  case closeSidecar(String)
  case closeBroker
  /// The broker is closed, and a replica of task-api ends by kill −9 while its last writes are stored and not published.
  case killUnpublished(String)
  /// The file system of the index has no room.
  case fillDisk
  /// The index can write no file beyond a few pages.
  case limitFiles
  /// A daemon's clock shows a time that is wrong by so many seconds from now on; its monotonic clock goes on.
  case stepClock(String, seconds: Int)
  /// SIGSTOP of LocalMesh: all sidecars, the store and the broker stand still.
  case pauseMesh
  /// kill −9 of LocalMesh, and a new one on the same data.
  case killMesh

  var kind: Kind {
    switch self {
    case .kill: .kill
    case .pause: .pause
    case .closeSidecar: .closeSidecar
    case .closeBroker: .closeBroker
    case .killUnpublished: .killUnpublished
    case .fillDisk: .fillDisk
    case .limitFiles: .limitFiles
    case .stepClock: .stepClock
    case .pauseMesh: .pauseMesh
    case .killMesh: .killMesh
    }
  }

  enum Kind: String, Sendable, CaseIterable, Comparable {
    case kill, pause, closeSidecar, closeBroker, killUnpublished, fillDisk, limitFiles, stepClock, pauseMesh, killMesh

    static func < (first: Kind, second: Kind) -> Bool { first.rawValue < second.rawValue }
  }
}
