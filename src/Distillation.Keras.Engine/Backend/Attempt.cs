namespace Distillation.Keras.Backend;

/// <summary>
/// A call that may be refused when it has begun to change things: unless it is accepted, what it did is undone, the last first.
/// </summary>
/// <remarks>Belongs to one thread.</remarks>
internal sealed class Attempt : IDisposable
{
    private readonly Stack<Action> _undo = new();
    private readonly List<Action> _finish = [];

    /// <summary>Adds what undoes a change, if there was one.</summary>
    public Attempt OnRefusal(Action? undo)
    {
        if (undo is not null)
        {
            _undo.Push(undo);
        }

        return this;
    }

    /// <summary>Adds what is to be done when nothing can be undone any more, as to free what it would need.</summary>
    public Attempt OnAcceptance(Action finish)
    {
        _finish.Add(finish);
        return this;
    }

    /// <summary>The call goes through.</summary>
    public void Accept()
    {
        _undo.Clear();
        _finish.ForEach(f => f());
        _finish.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_undo.TryPop(out Action? undo))
        {
            undo();
        }
    }
}
