namespace Distillation.Keras.Training;

/// <summary>While it is open, operations on the weights that a program trains are recorded, and on the model's others not.</summary>
/// <remarks>
/// A weight may be used by several layers (<c>Trainable</c> of one of them turns the recording of all off or on), and a model's flag does
/// not reach into its layers: without this a weight would silently not be trained, or gradients that nobody reads be computed and kept.
/// </remarks>
internal sealed class GradientRecording : IDisposable
{
    private readonly List<Variable> _changed = [];

    /// <summary>Switches.</summary>
    public GradientRecording(TrainingProgram program)
    {
        var trained = new HashSet<Variable>(program.Variables, ReferenceEqualityComparer.Instance);
        foreach (Variable variable in trained.Union(program.Model.Weights))
        {
            if (variable.RequiresGradient != trained.Contains(variable))
            {
                variable.RequireGradient(!variable.RequiresGradient);
                _changed.Add(variable);
            }
        }
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
