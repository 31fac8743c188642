/// What the surroundings granted of that which a plan wants.
struct Confinement {
    let ids: Plan.IDs
    let hasUserNamespace: Bool
    let hasPIDNamespace: Bool
}
