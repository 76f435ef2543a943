import JSON
import TaskModel

/// The first answer to a request with an `Idempotency-Key`, or to one operation of it.
struct IdempotencyRecord {
  /// Of method, path and body of the whole request.
  let fingerprint: String
  let outcome: WriteOutcome

  init(fingerprint: String, outcome: WriteOutcome) {
    self.fingerprint = fingerprint
    self.outcome = outcome
  }

  init?(json: [UInt8], owner: String) {
    guard let value = try? JSONValue(parsing: json), let fingerprint = value["hash"]?.string,
      let status = value["status"]?.int, let task = value["task"], let written = value["written"]?.elements,
      var item = try? TaskItem(json: task.bytes.span)
    else { return nil }
    item.owner = owner
    self.fingerprint = fingerprint
    outcome = WriteOutcome(
      status: status, task: item,
      written: written.compactMap { pair in
        guard let id = pair["id"]?.string, let version = pair["version"]?.int else { return nil }
        var written = TaskVersion()
        written.id = id
        written.version = version
        return written
      })
  }

  var json: [UInt8] {
    var writer = JSONWriter(capacity: 1024 + (outcome.task.notes?.utf8.count ?? 0))
    writer.object {
      $0.key("hash")
      $0.string(fingerprint)
      $0.key("status")
      $0.int(outcome.status)
      $0.key("written")
      $0.array {
        for version in outcome.written {
          $0.object {
            $0.key("id")
            $0.string(version.id)
            $0.key("version")
            $0.int(version.version)
          }
        }
      }
      $0.key("task")
      outcome.task.write(to: &$0)
    }
    return writer.bytes
  }
}
