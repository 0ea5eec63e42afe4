using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>
/// Variables that were moved to a device: all of them, or none where there was no place for one. Until it is finished they can go back, as
/// what they were.
/// </summary>
internal sealed class Relocation
{
    private readonly Variable[] _variables;
    private readonly Tensor[] _before;

    private Relocation(Variable[] variables, Tensor[] before)
    {
        _variables = variables;
        _before = before;
    }

    /// <summary>Moves variables for good.</summary>
    /// <inheritdoc cref="Begin"/>
    public static void Move(string what, IEnumerable<Variable> variables, Device device) => Begin(what, variables, device).Finish();

    /// <summary>Moves variables to a device. Those that are there already stay as they are.</summary>
    /// <param name="what">Whose they are, for messages.</param>
    /// <param name="variables">The variables, each once.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="InsufficientMemoryException">The device has no memory for them.</exception>
    public static Relocation Begin(string what, IEnumerable<Variable> variables, Device device)
    {
        Variable[] moved = [.. variables.Where(v => v.Device != device)];
        var copies = new List<Tensor>(moved.Length);
        try
        {
            foreach (Variable variable in moved)
            {
                copies.Add(variable.CopyOn(device));
            }
        }
        catch (Exception e)
        {
            copies.ForEach(c => c.Dispose());
            if (NativeFailure.Is(e))
            {
                throw NativeFailure.Of(e, $"Moving {what} to \"{device}\"", "Look at what else is on that device.", areArguments: false);
            }

            throw;
        }

        return new Relocation(moved, [.. moved.Select((v, i) => v.Replace(copies[i]))]);
    }

    /// <summary>Frees what the variables were before.</summary>
    public void Finish() => Array.ForEach(_before, t => t.Dispose());

    /// <summary>Puts back what they were before, but for those that were released meanwhile.</summary>
    public void Undo()
    {
        for (int i = 0; i < _variables.Length; i++)
        {
            (_variables[i].IsReleased ? _before[i] : _variables[i].Replace(_before[i])).Dispose();
        }
    }
}
