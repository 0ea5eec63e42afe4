namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>
/// Distillation objectives, measures and teachers: values and gradients from the papers' formulas, each in float64 and in float32.
/// </summary>
public sealed class DistillationSuite : ISuite
{
    private static readonly Dictionary<string, Action<DistillationCase>> Objectives = typeof(DistillationSuite)
        .Assembly.GetTypes()
        .Where(t => !t.IsAbstract && typeof(IDistillationFamily).IsAssignableFrom(t))
        .SelectMany(t => ((IDistillationFamily)Activator.CreateInstance(t)!).Objectives)
        .ToDictionary(p => p.Key, p => p.Value);

    /// <inheritdoc/>
    public string File => "distillation";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture) =>
        fixture.All.Select(e => new FixtureCase(
            e.Name,
            check =>
            {
                string objective = e.Object["objective"].Text();
                if (!Objectives.TryGetValue(objective, out Action<DistillationCase>? run))
                {
                    throw new UnsupportedException($"the library has no objective '{objective}' yet");
                }

                var one = new DistillationCase(fixture, e, check);
                run(one);
                one.CompareNumbers();
            }
        ));
}
