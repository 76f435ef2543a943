import DaprClient
import Daemon
import Glibc
import HTTP2Transport
import Recurrence
import TaskModel
import Tokens

/// Checks, stores and answers: the REST API of Taskmesh.
@main
struct TaskAPI {
  static func main() async {
    await Daemon.run("task-api", settings: TaskAPISettings.self) { context in
      let base = context.base
      let dapr = DaprClient(
        transport: HTTPClient(loop: context.loop, host: base.daprHost, port: base.daprPort),
        apiToken: base.daprAPIToken?.reveal())
      let key = SigningKey()
      context.background("signing key") { try await key.read(from: dapr, log: context.log) }
      await context.readiness.add("sidecar") { try await Self.require(dapr.isOutboundReady(), "it does not answer") }
      await context.readiness.add("secrets") { try Self.require(key.current != nil, "jwt-secret has not been read") }
      await context.readiness.add("state store") { _ = try await dapr.state("statestore").get("task/none") }

      let zones = ZoneDatabase()
      let ids = UUIDv7Generator()
      let origins = Origins(context.settings.corsOrigins)
      let routes = TaskRoutes(
        authenticator: Authenticator(
          mode: context.settings.authentication, origins: origins, key: { key.current },
          now: { Double(time(nil)) }),
        writer: TaskWriter(
          state: dapr.state("statestore"), zones: zones,
          ids: { ids.next(milliseconds: Instant.now().millisecondsSinceEpoch).description },
          now: { Instant.now().roundedDownToMilliseconds }),
        rules: TaskRules(
          isKnownZone: { (try? zones.zone(named: $0)) != nil },
          ruleFault: { text in
            do throws(RecurrenceRuleError) {
              _ = try RecurrenceRule.rules(text)
              return nil
            } catch { return error.description }
          }, foldCase: { $0.lowercased() }))
      var router = Router()
      routes.add(to: &router)
      return DaemonRoutes(
        everyone: APIService(router: router, origins: origins), sidecar: Router(), under: ["/dapr", "/internal"])
    }
  }

  private struct NotReady: Error, CustomStringConvertible { let description: String }

  private static func require(_ holds: Bool, _ reason: String) throws {
    if !holds { throw NotReady(description: reason) }
  }
}
