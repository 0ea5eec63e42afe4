using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>
/// A number of an optimizer's state (the count of calls, the learning rate). The step reads and writes it without a tensor;
/// a variable that shows it is made when somebody asks for one, and then both follow each other.
/// </summary>
internal sealed class OptimizerNumber(double value, ScalarType type, string name, string path)
{
    private Variable? _variable;

    /// <summary>The number.</summary>
    public double Value { get; private set; } = value;

    /// <summary>The variable that shows it; assigning to it changes the number.</summary>
    public Variable Variable
    {
        get
        {
            if (_variable is null)
            {
                _variable = new Variable(tensor(Value, type, CPU), name, trainable: false) { Path = path };
                _variable.Assigned = () => Value = type == ScalarType.Int64 ? _variable.Value.item<long>() : _variable.Value.item<float>();
            }

            return _variable;
        }
    }

    /// <summary>Changes the number, and the variable if there is one.</summary>
    public void Set(double value)
    {
        Value = value;
        if (_variable is not null)
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            _variable.Value.Fill(value);
        }
    }

    /// <summary>The number, taken down or put back.</summary>
    public void Exchange(StateExchange state) => Set(state.Number(name, Value));

    /// <summary>Frees the variable.</summary>
    public void Release() => _variable?.Release();
}
