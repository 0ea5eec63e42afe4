using Distillation.Keras.Backend;
using Distillation.Keras.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Says by name whose tensors are gone.</summary>
internal static class Released
{
    /// <summary>Refuses a model whose weights were released.</summary>
    /// <param name="model">The model, or <see langword="null"/>.</param>
    /// <param name="who">What it is here: "teacher", "student".</param>
    /// <exception cref="ObjectDisposedException">A weight was released.</exception>
    public static void Refuse(Model? model, string who)
    {
        if (model is { Built: true } && model.Weights.FirstOrDefault(w => w.IsReleased) is Variable gone)
        {
            throw new ObjectDisposedException(model.Name, $"The {who} '{model.Name}' was released: its weight {gone.Path} is gone. Make or load it again, and call Release when nothing uses it any more.");
        }
    }

    /// <summary>Refuses a teacher of which something was released.</summary>
    /// <exception cref="ObjectDisposedException">Something was.</exception>
    public static void Refuse(Teacher? teacher)
    {
        if (teacher is { IsReleased: true })
        {
            string what = teacher.Weights.FirstOrDefault(w => w.IsReleased) is Variable gone ? $"its weight {gone.Path} is gone" : "what it knows is gone";
            throw new ObjectDisposedException(teacher.Name, $"The teacher '{teacher.Name}' was released: {what}. Make or load it again, and call Release when nothing uses it any more.");
        }
    }

    /// <summary>Refuses a tensor that was disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was.</exception>
    public static void Refuse(Tensor tensor, string name)
    {
        if (tensor.IsInvalid)
        {
            throw new ObjectDisposedException(name, $"The tensor {name} was disposed.");
        }
    }

    /// <summary>Computes a term; where libtorch refuses it or a tensor that it keeps was disposed, says whose.</summary>
    /// <param name="term">The term's name.</param>
    /// <param name="compute">What to compute.</param>
    /// <exception cref="ObjectDisposedException">A tensor was disposed.</exception>
    /// <exception cref="InvalidOperationException">libtorch cannot compute it.</exception>
    public static T Naming<T>(string term, Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(e, $"The term '{term}'", "Look at the shapes and types of the signals that its objective computes with.", areArguments: false);
        }
    }
}
