import Foundation

/// A copy of the checkout's run file and components, for a test to change, with settings for some of the apps.
struct RunFolder {
  let path = NSTemporaryDirectory() + "root-\(UUID().uuidString)"

  /// - Parameter settings: variables by app id.
  init(_ settings: [String: [String: String]] = [:]) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["dapr.yaml", "compose"] {
      try FileManager.default.copyItem(atPath: "\(Mesh.root)/\(name)", toPath: "\(path)/\(name)")
    }
    let file = URL(fileURLWithPath: "\(path)/dapr.yaml")
    var text = try String(contentsOf: file, encoding: .utf8)
    for (app, variables) in settings {
      let head = "  - appID: \(app)\n"
      guard text.contains(head) else { throw NeverHeld(description: "dapr.yaml has no app \(app)") }
      let lines = variables.map { "      \($0.key): \"\($0.value)\"\n" }.joined()
      text = text.replacingOccurrences(of: head, with: "\(head)    env:\n\(lines)")
    }
    try Data(text.utf8).write(to: file)
  }

  /// Takes leases and pauses at a tenth of their usual times, for tests in which owners die.
  static func hurried(_ settings: [String: [String: String]] = [:]) throws -> RunFolder {
    try RunFolder(
      settings.merging(
        [
          "task-api": ["TASKMESH_LEASE": "1s", "TASKMESH_LONGEST_PAUSE": "100ms"],
          "notifier": ["TASKMESH_LEASE": "1s"],
        ]
      ) { $0.merging($1) { given, _ in given } })
  }

  func discard() { try? FileManager.default.removeItem(atPath: path) }
}
