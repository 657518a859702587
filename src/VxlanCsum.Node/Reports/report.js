// Puts a button to each command that copies it. Without scripts, or where copying is forbidden, the text can be selected.
(() => {
  const copy = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand('copy');
    }
  };
  for (const block of document.querySelectorAll('.command')) {
    const code = block.querySelector('code');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      button.textContent = await copy(code) ? 'Copied' : 'Selected';
    });
    block.querySelector('.box').append(button);
  }
})();
