namespace Distillation.Keras.Testing;

/// <summary>A thread beside that of a test.</summary>
public static class OtherThread
{
    /// <summary>Runs something on a thread of its own, to its end.</summary>
    /// <param name="action">What to run.</param>
    /// <returns>What it threw, or <see langword="null"/>.</returns>
    public static Exception? Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        return thrown;
    }
}
