using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What a recurrent layer keeps from one batch to the next.</summary>
internal sealed class RecurrentState
{
    private readonly Layer _layer;
    private readonly int _batch;

    /// <summary>States before the first batch.</summary>
    /// <param name="layer">Whose they are.</param>
    /// <param name="batch">How many rows batches have.</param>
    /// <param name="first">The states, which are copied.</param>
    public RecurrentState(Layer layer, int batch, IReadOnlyList<Tensor> first)
    {
        _layer = layer;
        _batch = batch;
        using IDisposable noGrad = no_grad();
        Variables = [.. first.Select(s => new Variable(s.to(layer.Dtype.VariableType, copy: true), "rnn_state", trainable: false))];
    }

    /// <summary>The states.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>Lets the next batch begin with zeros.</summary>
    public void Reset()
    {
        using IDisposable noGrad = no_grad();
        foreach (Variable variable in Variables)
        {
            variable.Value.zero_();
        }
    }

    /// <summary>The states for a batch: what is computed of them does not see that they change afterwards.</summary>
    public IReadOnlyList<Tensor> Copies()
    {
        using IDisposable noGrad = no_grad();
        return [.. Variables.Select(v => v.Value.clone())];
    }

    /// <summary>Keeps the states after a batch.</summary>
    public void Keep(IReadOnlyList<Tensor> states)
    {
        using IDisposable noGrad = no_grad();
        for (int i = 0; i < Variables.Count; i++)
        {
            Variables[i].Value.copy_(states[i]);
        }
    }

    /// <summary>Refuses a batch of another size.</summary>
    public void RefuseBatch(long batch)
    {
        if (batch != _batch && !ShapeTrial.IsRunning)
        {
            throw new ArgumentException(
                Invariant(
                    $"{_layer.ClassName} '{_layer.Name}' is stateful: a batch goes on where the one before has ended, so that each has the "
                        + $"same rows, {_batch}, but got one of {batch}. Give a number of samples that is a multiple of {_batch}, and that "
                        + $"as batch_size."
                )
            );
        }
    }

    /// <summary>Takes the states down, or puts them back.</summary>
    public void Exchange(StateExchange state)
    {
        for (int i = 0; i < Variables.Count; i++)
        {
            state.Values(Invariant($"state/{i}"), Variables[i]);
        }
    }

    /// <summary>Frees them.</summary>
    public void Release()
    {
        foreach (Variable variable in Variables)
        {
            variable.Release();
        }
    }
}
