import Daemon
import DaprClient
import JSONLog

@testable import TaskAPI

/// Some replicas with clients, and what may happen to them.
struct Scenario: Sendable {
  typealias View = @Sendable (ReplicaView) -> any JournalStore

  let name: String
  var journals = 1
  var slots = 1
  /// For each replica its clients; for each client the tasks that it writes, one after the other.
  var clients: [[[String]]]
  /// How often a client tries one write.
  var attempts = 4
  /// What may go otherwise than well.
  var menu: Set<Action.Kind>
  /// How often it may.
  var deviations: Int
  /// Whether calls about leases, too, may go wrong.
  var disturbsLeases = false
  /// Whether things may go wrong before all replicas have started.
  var disturbsStart = false
  var keepsRest = false
  /// What the code under test sees of the store.
  var view: View = { $0 }

  /// The protocol's order of times, with few renewals and looks between two events, since each is a step.
  var settings: JournalSettings {
    var settings = JournalSettings()
    settings.journals = journals
    settings.slots = slots
    settings.lease = LeaseTimes(takeover: .milliseconds(400))
    settings.patience = .milliseconds(200)
    settings.longestWait = .milliseconds(400)
    return settings
  }
}
