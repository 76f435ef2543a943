/// One daemon of the mesh with its ports.
struct Replica: Sendable {
  let app: RunFile.App
  /// From 0; replica k listens at its app's port + 100·k.
  let number: Int
  let port: Int
  let sidecarPort: Int

  var name: String { number == 0 ? app.id : "\(app.id)-\(number)" }

  /// Every replica that the run file and the options ask for.
  static func all(_ file: RunFile, _ options: Options) throws(Options.Fault) -> [Replica] {
    for name in options.replicas.keys.sorted() where !file.apps.contains(where: { $0.id == name }) {
      throw Options.Fault(description: "--replicas names \(name), which dapr.yaml does not have")
    }
    return file.apps.flatMap { app in
      (0..<(options.replicas[app.id] ?? 1)).map { number in
        let offset = options.portOffset + 100 * number
        return Replica(app: app, number: number, port: app.port + offset, sidecarPort: app.sidecarPort + offset)
      }
    }
  }
}
