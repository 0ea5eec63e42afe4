namespace Distillation.Keras.Conformance;

/// <summary>
/// The cases of one fixture file. Every public class of this kind with a parameterless constructor is found by the program.
/// </summary>
public interface ISuite
{
    /// <summary>The file's name without its extension, such as <c>losses</c>.</summary>
    string File { get; }

    /// <summary>One case for each of <see cref="Fixture.CaseNames"/>, under the same name.</summary>
    /// <param name="fixture">The file's contents. Arrays are to be read inside <see cref="FixtureCase.Run"/> only.</param>
    IEnumerable<FixtureCase> Cases(Fixture fixture);
}
