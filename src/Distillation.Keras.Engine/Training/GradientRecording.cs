namespace Distillation.Keras.Training;

/// <summary>While it is open, operations on the weights that a program trains are recorded, and on the model's others not.</summary>
/// <remarks>
/// A weight may be used by several layers (<c>Trainable</c> of one of them turns the recording of all off or on), and a model's flag does not reach
/// into its layers: without this a weight would silently not be trained, or gradients that nobody reads be computed and kept.
/// </remarks>
internal sealed class GradientRecording : IDisposable
{
    private readonly List<Variable> _changed = [];

    /// <summary>Switches.</summary>
    public GradientRecording(TrainingProgram program)
    {
        foreach (Variable variable in Changed(program))
        {
            variable.RequireGradient(!variable.RequiresGradient);
            _changed.Add(variable);
        }
    }

    /// <summary>The weights whose recording a training of the program switches: another one that trains them as well would lose its gradients.</summary>
    public static IReadOnlyList<Variable> Changed(TrainingProgram program)
    {
        var trained = new HashSet<Variable>(program.Variables, ReferenceEqualityComparer.Instance);
        return [.. trained.Union(program.Model.Weights).Where(v => v.RequiresGradient != trained.Contains(v))];
    }

    /// <summary>Switches back.</summary>
    public void Dispose()
    {
        foreach (Variable variable in _changed.Where(v => !v.IsReleased))
        {
            variable.RequireGradient(!variable.RequiresGradient);
        }
    }
}
