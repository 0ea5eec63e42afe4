using Distillation.Keras.Models;

namespace Distillation.Keras;

/// <content>The table of layers.</content>
public partial class Model
{
    /// <summary>
    /// Prints Keras 3's table: each layer with its output's shape and its number of weights, and for a model that is no chain what it is
    /// connected to. A nested model is one row. Before the weights are made, shapes are "?".
    /// </summary>
    /// <param name="line_length">The table's width in characters; 76 by default, which is Keras' in a terminal of 80 columns.</param>
    /// <param name="print_fn">Takes the whole text, in one call; by default it goes to the console.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="line_length"/> leaves no room for the columns.</exception>
    public void Summary(int? line_length = null, Action<string>? print_fn = null) =>
        (print_fn ?? Console.Write)(
            ModelSummary.Render(
                this,
                line_length ?? ModelSummary.DefaultLineLength,
                IsCompiled && Optimizer.Built ? Optimizer.Variables : []
            )
        );
}
