import Foundation
import JSON
import SQLite

/// All that a mesh holds: in its state store, in its topics and in its index.
struct MeshContents: Sendable {
  /// By their ids.
  typealias Tasks = [String: JSONValue]

  /// The time when reading began.
  var date = Date()
  /// As under `task/<id>`.
  var store: Tasks = [:]
  /// The title that a version gave its task, by task and version; of the last 200 versions, as far as it gave one.
  var titles: [String: [Int: String]] = [:]
  /// The last record of each key.
  var topic: Tasks = [:]
  var index: Tasks = [:]
  /// The records of `task-reminders`.
  var reminders: [TopicRecord] = []
  /// The records of `task-events-dead`.
  var dead: [TopicRecord] = []

  init() {}

  /// - Parameter owners: whose lists are asked for; every other list is not looked at.
  init(of mesh: Mesh, owners: [String]) async throws {
    try readStore(mesh)
    for record in try mesh.records(of: "task-events") where record.event["type"] == "task.changed" {
      topic[record.key] = record.data
    }
    for owner in owners {
      for filter in ["", "filter=deleted&"] { try await readIndex(mesh, owner, filter) }
    }
    reminders = try mesh.records(of: "task-reminders")
    dead = try mesh.records(of: "task-events-dead")
  }

  private mutating func readStore(_ mesh: Mesh) throws {
    let database = try Connection(path: mesh.data + "/state.sqlite", access: .readOnly)
    try database.query("SELECT key, value FROM state WHERE store = 'statestore'") { row in
      let parts = row.text(0).split(separator: "/")
      guard let value = try? JSONValue(parsing: row.bytes(1)) else { return }
      switch parts.first {
      case "statestore||task" where parts.count == 2: store[String(parts[1])] = value
      case "statestore||history" where parts.count == 3:
        let title = value["changes"]?.elements?.first { $0["field"] == "title" }?["to"]?.string
        if let title, let version = Int(parts[2]) { titles[String(parts[1]), default: [:]][version] = title }
      default: break
      }
    }
  }

  private mutating func readIndex(_ mesh: Mesh, _ owner: String, _ filter: String) async throws {
    var cursor: String?
    repeat {
      let page = try await mesh.call(
        .get, "/tasks?\(filter)limit=200\(cursor.map { "&cursor=\($0)" } ?? "")", owner: owner)
      guard page.status == 200, let items = page["items"]?.elements else {
        throw NeverHeld(description: "\(owner)'s list: \(page)")
      }
      for item in items { index[item["id"]?.string ?? ""] = item }
      cursor = page["nextCursor"]?.string
    } while cursor != nil
  }
}
