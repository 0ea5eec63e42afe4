using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Callbacks;

/// <summary>What callbacks may know of the fit or evaluation that they serve.</summary>
internal interface ICallbackHost
{
    /// <summary>The model that callbacks see.</summary>
    Model Model { get; }

    /// <summary>What changes the weights.</summary>
    Optimizer Optimizer { get; }

    /// <summary>The names of the numbers that are reported, before any batch, in any order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>Whether a bigger value of that name is a better one; <see langword="null"/>: it cannot be told.</summary>
    bool? HigherIsBetter(string name);
}
