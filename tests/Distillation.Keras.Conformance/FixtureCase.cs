namespace Distillation.Keras.Conformance;

/// <summary>One case of a fixture file.</summary>
/// <param name="Name">
/// The name as in the JSON; entries of extras are <c>errors/NAME</c>, <c>identifiers/NAME</c>, ... (see <see cref="FixtureForm"/>).
/// </param>
/// <param name="Run">Rebuilds the case and records what differs. It runs in a dispose scope of its own.</param>
public sealed record FixtureCase(string Name, Action<Check> Run);
