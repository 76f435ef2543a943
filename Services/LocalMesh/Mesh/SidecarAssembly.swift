import Daemon
import EventLoop

/// Puts the sidecars of a mesh together from what its files say. Throws what is wrong in them, before any port is opened.
struct SidecarAssembly {
  let replicas: [Replica]
  let resources: ResourceFolder
  let secrets: [String: String]
  /// Where relative paths of components begin.
  let folder: String
  let loop: EventLoop
  let state: StateDatabase
  let log: any RecordLog
  /// Takes lines that a person should see.
  let report: @Sendable (String) -> Void

  /// One for each replica, in their order. Each finds the others by their app ids.
  func sidecars() throws -> [SidecarPort] {
    let traffic = Traffic()
    let ports = PortDirectory()
    let producer = Producer(log: log, clock: .system)
    let channels = replicas.map {
      AppChannel(app: $0.app.id, port: $0.port, token: secrets["app-api-token"] ?? "", loop: loop)
    }
    var targets: [String: [Invocation.Target]] = [:]
    for (replica, channel) in zip(replicas, channels) {
      targets[replica.app.id, default: []].append(
        Invocation.Target(channel: channel) { ports.isUp(replica.name) })
    }
    var apps: [String: AppParts] = [:]
    var sidecars: [SidecarPort] = []
    for (replica, channel) in zip(replicas, channels) {
      let app = try apps[replica.app.id] ?? AppParts(self, app: replica.app.id, producer)
      apps[replica.app.id] = app
      let sidecar = Sidecar(
        app: app.id, token: secrets["dapr-api-token"] ?? "", components: app.components, state: app.state,
        secrets: app.secrets, publish: app.publish,
        invocation: Invocation(caller: app.id, apps: targets, traffic: traffic)
      ) { ports.restart(replica.name) }
      let start = AppStart(
        channel: channel, hasPubSub: !app.publish.components.isEmpty, declared: app.subscriptions,
        bindings: app.bindings, clock: .system, report: report)
      let port = SidecarPort(
        loop: loop, sidecar: sidecar, port: replica.sidecarPort, name: replica.name, start: start,
        subscriber: app.subscriber)
      ports.add(replica.name, port)
      sidecars.append(port)
    }
    return sidecars
  }
}

/// What the sidecars of one app's replicas have in common.
struct AppParts {
  let id: String
  let components: [Component]
  let subscriptions: [Subscription]
  let state: StateAPI
  let secrets: SecretStores
  let publish: PublishAPI
  let bindings: [CronBinding]
  let subscriber: Subscriber

  init(_ mesh: SidecarAssembly, app: String, _ producer: Producer) throws {
    id = app
    components = mesh.resources.components.filter { $0.isFor(app) }
    subscriptions = mesh.resources.subscriptions.filter { $0.isFor(app) }
    let environment = ProcessEnvironment.variables
    let zone = HostTimeZone.rules(environment: environment)
    var states: [String: StateComponent] = [:]
    var pubsubs: [String: PubSubComponent] = [:]
    var bindings: [CronBinding] = []
    for component in components {
      switch component.type.prefix(while: { $0 != "." }) {
      case "state": states[component.name] = try StateComponent(component, app: app)
      case "pubsub": pubsubs[component.name] = try PubSubComponent(component, app: app)
      case "bindings" where component.type == "bindings.cron":
        if let binding = try CronBinding(component, local: zone) { bindings.append(binding) }
      case "secretstores": break
      default: throw component.fault("LocalMesh does not know components of type \(component.type)")
      }
    }
    self.bindings = bindings
    secrets = try SecretStores(
      components.filter { $0.type.hasPrefix("secretstores.") }, folder: mesh.folder, environment: environment)
    for component in components { try secrets.check(component) }
    state = StateAPI(app: app, components: states, database: mesh.state)
    publish = PublishAPI(app: app, components: pubsubs, producer: producer, clock: .system)
    subscriber = Subscriber(
      components: pubsubs, log: mesh.log, producer: producer, loop: mesh.loop, clock: .system, report: mesh.report)
  }
}
